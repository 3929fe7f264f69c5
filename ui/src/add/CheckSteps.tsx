/** How far one gets at one address: a line for each step, the first that fails with its reason. */
import { useAnswer } from "../answer";
import { checkAddress, type Step } from "../api/places";
import { Failure } from "../parts/Empty";
import { t } from "../t";

const signOf = (step: Step): string => (step.is_ok === null ? "\u2013" : step.is_ok ? "\u2713" : "\u2717");
const toneOf = (step: Step): string => (step.is_ok === null ? "muted" : step.is_ok ? "tone-ok" : "tone-bad");
const wordOf = (step: Step): string => t(step.is_ok === null ? "check.untried" : step.is_ok ? "check.ok" : "check.failed");

export function CheckSteps({ address }: { address: string }) {
  const answer = useAnswer((api) => checkAddress(api, address), address);
  return (
    <div class="steps" role="status" aria-label={t("check.title", { address })}>
      <h3>{t("check.title", { address })}</h3>
      {answer.error !== null ? <Failure text={t("check.none")} detail={answer.error} onRetry={answer.again} /> : answer.value === null ? <p class="muted">{t("end.running")}</p> : (
        <>
          <ol class="plain-list">
            {answer.value.steps.map((step) => (
              <li key={step.step} data-step={step.step} data-ok={String(step.is_ok)}>
                <span class={toneOf(step)}><span aria-hidden="true">{signOf(step)}</span> <span class="unseen">{wordOf(step)}</span></span> {t(`check.${step.step}`)} <span class="muted">{step.detail}</span>
              </li>
            ))}
          </ol>
          <p>{t(answer.value.is_miner ? "check.isminer" : "check.notminer")} <button type="button" class="button small" onClick={answer.again}>{t("failure.retry")}</button></p>
        </>
      )}
    </div>
  );
}
