/** What one miner is set to: a form from what its firmware takes; sends only what was changed, and says what came of it. */
import { useEffect, useState } from "preact/hooks";
import type { Setting } from "../api/client";
import { MinerFrame } from "../fleet/MinerFrame";
import { SaveBar } from "../fleet/SaveBar";
import { SettingField } from "../fleet/SettingField";
import { useLive, usePage } from "../page";
import { Failure, Skeleton } from "../parts/Empty";
import { type Draft, draftOf, refreshed, type } from "../store/form";
import type { Miner } from "../store/miner";
import { isKey, t } from "../t";
import type { PageProps } from "./index";

const LOOK_EVERY_MS = 10_000;

export default function MinerSettings({ values }: PageProps) {
  return <MinerFrame slug={values["mac"] ?? ""}>{(miner) => <Form key={miner.mac} miner={miner} />}</MinerFrame>;
}

function Form({ miner }: { miner: Miner }) {
  const { draft, error, isByMiner, change, look, reset } = useDraft(miner.mac);
  if (error !== null && draft === null) return <Failure text={t("form.failed")} detail={error} onRetry={look} />;
  if (draft === null) return <Skeleton lines={10} />;
  const groups = [...new Set(draft.settings.map((setting) => setting.group))];
  return (
    <form class="settings-form" onSubmit={(event) => event.preventDefault()}>
      {draft.settings.length === 0 && <p class="muted">{t("form.nothing")}</p>}
      {!isByMiner && <p class="muted">{t("form.guessed")}</p>}
      <div class="cards">
        {groups.map((group) => <Group key={group} name={group} settings={draft.settings.filter((setting) => setting.group === group)} draft={draft} change={change} />)}
      </div>
      <SaveBar miner={miner} draft={draft} onSent={() => { reset(); look(); }} onReset={reset} />
    </form>
  );
}

function Group({ name, settings, draft, change }: { name: string; settings: readonly Setting[]; draft: Draft; change: (next: (draft: Draft) => Draft) => void }) {
  const title = `group.${name}`;
  const isOpen = settings.some((setting) => setting.is_open);
  const areLate = settings.every((setting) => setting.needs_restart);
  return (
    <fieldset class="card form-group">
      <legend><h2>{isKey(title) ? t(title) : name} {areLate && <span class="muted form-late">{t("form.restart")}</span>}</h2></legend>
      {settings.map((setting) => <SettingField key={setting.name} draft={draft} setting={setting} isToldLate={!areLate} onChange={(value) => change((now) => type(now, setting.name, value))} />)}
      {isOpen && (
        <label class="menu-item form-unlock"><input type="checkbox" checked={draft.isUnlocked} onChange={(event) => { const isUnlocked = event.currentTarget.checked; change((now) => ({ ...now, isUnlocked })); }} /> {t("form.unlock")}</label>
      )}
      {isOpen && draft.isUnlocked && <p class="tone-bad" role="alert">{t("form.danger")}</p>}
    </fieldset>
  );
}

/** Loads the form, looks again every few seconds, keeps what somebody typed. */
function useDraft(mac: string) {
  const { api, link } = usePage();
  const [draft, set] = useState<Draft | null>(null);
  const [error, fail] = useState<string | null>(null);
  const [isByMiner, setByMiner] = useState(true);
  const isLive = useLive(() => link.state === "live");
  const look = () => {
    api.settings(mac).then(
      ({ settings, choices_by_miner }) => {
        set((now) => (now === null ? draftOf(settings) : refreshed(now, settings)));
        setByMiner(choices_by_miner);
        fail(null);
      },
      (why: unknown) => fail(why instanceof Error ? why.message : String(why)),
    );
  };
  useEffect(look, [api, mac]);
  useEffect(() => {
    const timer = setInterval(() => isLive && !document.hidden && look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [api, mac, isLive]);
  const change = (next: (draft: Draft) => Draft) => set((now) => (now === null ? null : next(now)));
  return { draft, error, isByMiner, change, look, reset: () => change((now) => ({ ...now, typed: new Map(), moved: new Map() })) };
}
