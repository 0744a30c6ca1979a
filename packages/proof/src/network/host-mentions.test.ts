import { describe, expect, test } from "@jest/globals";
import { hostMentions } from "./host-mentions.ts";

const found = (text: string) => hostMentions(text).map(({ host, port }) => `${host}:${port ?? "?"}`);

describe("words that may be hosts", () => {
  test.each([
    ["https://store.data/path", ["store.data:443"]],
    ["postgresql+psycopg2://app:x@store/app", ["store:5432"]],
    ["store:5432", ["store:5432"]],
    ["store:99999", ["store:?"]],
    ["wait for store.data.svc", ["store.data.svc:?"]],
    ["# store.data.svc\nweb.apps.svc", ["web.apps.svc:?"]],
    ["the store of data", []],
    ["/srv/store:5432", []],
  ])("%s", (text, expected) => expect(found(text)).toEqual(expected));

  test.each(["http://%s.data.svc", "http://shard-$(N).data.svc", "http://store$SUFFIX:80", "http://{name}"])(
    "a part of %s comes later",
    (text) => expect(hostMentions(text).every(({ isPartial }) => isPartial)).toBe(true),
  );
});
