import { request } from "node:https";
import type { TLSSocket } from "node:tls";

export interface HttpsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  /** Common name of the certificate that the server showed. */
  readonly certificate: string;
}

export interface HttpsOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Written piece by piece. */
  readonly body?: AsyncIterable<string> | Iterable<string>;
}

/** Asks a server of this machine for a host by whatever certificate it has. */
export async function askHttps(
  port: number,
  host: string,
  path: string,
  { method = "GET", headers = {}, body = [] }: HttpsOptions = {},
): Promise<HttpsResponse> {
  const call = request({
    host: "127.0.0.1",
    port,
    path,
    method,
    servername: host,
    headers: { host, ...headers },
    rejectUnauthorized: false,
    agent: false,
  });
  const answered = new Promise<HttpsResponse>((resolve, reject) => {
    call.on("error", reject);
    call.on("response", (response) => {
      const certificate = (response.socket as TLSSocket).getPeerCertificate().subject?.CN ?? "";
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
          certificate: String(certificate),
        }),
      );
    });
  });
  for await (const piece of body) call.write(piece);
  call.end();
  return answered;
}
