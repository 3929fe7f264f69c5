/** Addresses in what somebody typed, pasted or dropped: a list with any separators, or CSV with a column of addresses. */

const SEPARATORS = /[\s,;]+/;
const HEAD = /^(ip|host|address|ip[ _]address|ipv4)$/i;
const ADDRESS = /^\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?$/;

/** Returns each address once, in order. What is none stays in a plain list: the server says so in its row. */
export function addressesIn(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
  const cells = lines.map((line) => line.split(/[,;\t]/).map(bare));
  const column = cells[0]?.findIndex((cell) => HEAD.test(cell)) ?? -1;
  if (column >= 0) return once(cells.slice(1).map((row) => row[column] ?? ""));
  const isTable = cells.some((row) => row.length > 1 && row.some((cell) => ADDRESS.test(cell)) && row.some((cell) => cell !== "" && !ADDRESS.test(cell)));
  if (isTable) return once(cells.map((row) => row.find((cell) => ADDRESS.test(cell)) ?? ""));
  return once(lines.flatMap((line) => line.split(SEPARATORS)).map(bare));
}

const bare = (cell: string): string => cell.trim().replace(/^"(.*)"$/, "$1").replace(/^https?:\/\//, "").replace(/\/.*$/, "");
const once = (addresses: readonly string[]): readonly string[] => [...new Set(addresses.filter((address) => address !== ""))];
