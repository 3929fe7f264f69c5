/** The live log of one or several miners. */
import { t } from "../t";
import { Empty } from "./Empty";

export function LogView({ macs }: { readonly macs: readonly string[] }) {
  return <Empty text={t("logs.soon", { n: macs.length })} />;
}
