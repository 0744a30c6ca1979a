import { askHttp, type HttpAnswer } from "./http.ts";

/** Keeps cookies and sends forms with the token that their pages hold, as a browser does. */
export class Browser {
  private readonly cookies = new Map<string, string>();

  constructor(private readonly port: number) {}

  async open(path: string): Promise<HttpAnswer> {
    return this.remember(await askHttp({ port: this.port, path, headers: { cookie: this.cookie } }));
  }

  /** Opens a page and sends its form. */
  async submit(path: string, fields: Readonly<Record<string, string>>): Promise<HttpAnswer> {
    const { text } = await this.open(path);
    const _xsrf = /name="_xsrf" value="([^"]*)"/.exec(text)?.[1] ?? "";
    const headers = { cookie: this.cookie, "content-type": "application/x-www-form-urlencoded" };
    const body = new URLSearchParams({ ...fields, _xsrf }).toString();
    return this.remember(await askHttp({ port: this.port, path, method: "POST", headers, body }));
  }

  private get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  private remember(answer: HttpAnswer): HttpAnswer {
    for (const text of answer.headers["set-cookie"] ?? []) {
      const [pair = ""] = text.split(";");
      const equals = pair.indexOf("=");
      this.cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
    return answer;
  }
}
