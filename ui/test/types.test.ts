import { readFileSync } from "node:fs";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import { expect, test } from "vitest";

test("the client's types are made of the server's interface as it is (npm run types)", async () => {
  const ast = await openapiTS(JSON.parse(readFileSync("openapi.json", "utf8")));
  expect(readFileSync("src/api/types.gen.ts", "utf8")).toBe(`${COMMENT_HEADER}${astToString(ast)}`);
});
