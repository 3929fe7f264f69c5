import { expect, test } from "vitest";
import { addressesIn } from "../src/add/addresses";

test.each([
  ["192.168.1.40", ["192.168.1.40"]],
  ["192.168.1.40, 192.168.1.41:8080\n192.168.1.40", ["192.168.1.40", "192.168.1.41:8080"]],
  ["# mine\n\n10.0.0.1;10.0.0.2\t10.0.0.3", ["10.0.0.1", "10.0.0.2", "10.0.0.3"]],
  ["name,IP Address,x\na,10.0.0.1,1\n\"b\",\"10.0.0.2\",2", ["10.0.0.1", "10.0.0.2"]],
  ["garage;10.0.0.1\nattic;10.0.0.2", ["10.0.0.1", "10.0.0.2"]],
  ["http://10.0.0.1/ https://10.0.0.2:81/x", ["10.0.0.1", "10.0.0.2:81"]],
  ["bitaxe.local", ["bitaxe.local"]],
  ["", []],
])("addresses in %j", (text, found) => {
  expect(addressesIn(text)).toEqual(found);
});
