import { type IncomingHttpHeaders, request } from "node:http";

export interface HttpQuestion {
  readonly port: number;
  readonly path: string;
  readonly method?: string;
  /** Any header, Host included, which `fetch` would not let through. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Asks a program on the loopback address. */
export function askHttp({
  port,
  path,
  method = "GET",
  headers = {},
  body,
}: HttpQuestion): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, path, method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
      );
    });
    asked.on("error", reject).end(body);
  });
}
