/** Adds by address: typed, pasted, dropped as a file; one that does not answer can be tried step by step. */
import { useState } from "preact/hooks";
import { useWhyNot } from "../page";
import { t } from "../t";
import { addressesIn } from "./addresses";
import { CheckSteps } from "./CheckSteps";
import { Result } from "./Result";
import { useAdding } from "./useAdding";

export function ByAddress() {
  const why = useWhyNot();
  const [text, type] = useState("");
  const [asked, ask] = useState<readonly string[]>([]);
  const [checked, check] = useState<string | null>(null);
  const adding = useAdding();
  const addresses = addressesIn(text);
  const take = (file: File | null | undefined) => void file?.text().then(type);
  const start = () => {
    ask(addresses);
    void adding.run([], addresses);
  };
  const failed = asked.filter((address) => adding.results.get(address)?.result === "failed").length;
  const done = asked.filter((address) => adding.results.has(address)).length;
  return (
    <section class="card" aria-labelledby="by-address" onDragOver={(event) => event.preventDefault()} onDrop={(event) => { event.preventDefault(); take(event.dataTransfer?.files[0]); }}>
      <h2 id="by-address">{t("add.byaddress")}</h2>
      <label class="field"><span>{t("add.addresslabel")}</span>
        <textarea class="input mono area" rows={3} placeholder={"192.168.1.40\nbitaxe.local"} value={text} onInput={(event) => type(event.currentTarget.value)} spellcheck={false} />
      </label>
      <div class="row-actions">
        <button type="button" class="button primary" disabled={addresses.length === 0 || adding.isBusy || why !== undefined} title={why} onClick={start}>{addresses.length === 0 ? t("page.add") : t("add.go", { n: addresses.length })}</button>
        <button type="button" class="button" disabled={addresses.length !== 1 || why !== undefined} title={why} onClick={() => check(addresses[0] ?? null)}>{t("add.check")}</button>
        <label class="button file-button">{t("add.file")}<input type="file" class="unseen" accept=".csv,.txt,text/csv,text/plain" onChange={(event) => take(event.currentTarget.files?.[0])} /></label>
      </div>
      {checked !== null && <CheckSteps key={checked} address={checked} />}
      {asked.length > 0 && (
        <>
          <p role="status">{t("add.ended", { done: done - failed, failed, all: asked.length })}</p>
          <ul class="plain-list">{asked.map((address) => {
            const result = adding.results.get(address);
            return (
              <li key={address}>
                <span class="mono address">{address}</span> {result ? <Result result={result} /> : <span class="muted">{t("end.running")}</span>}
                {result?.result === "failed" && <button type="button" class="button quiet small" onClick={() => check(address)}>{t("add.why")}</button>}
              </li>
            );
          })}</ul>
        </>
      )}
    </section>
  );
}
