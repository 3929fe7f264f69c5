/** Whether people must sign in, and signing out. */
import { useState } from "preact/hooks";
import { sentence, useAnswer } from "../answer";
import { access, signOut } from "../api/own";
import { usePage } from "../page";
import { Failure, Skeleton } from "../parts/Empty";
import { t } from "../t";

export function AccessCard() {
  const { api } = usePage();
  const answer = useAnswer(access, "access");
  const [error, setError] = useState<string | null>(null);
  const leave = () => signOut(api).then(() => location.assign("/login"), (failure: unknown) => setError(sentence(failure)));
  const state = answer.value;
  return (
    <section class="card own-group" aria-labelledby="own-access">
      <h2 id="own-access">{t("own.access")}</h2>
      {state === null ? answer.error !== null ? <Failure text={t("own.access.unknown")} detail={answer.error} onRetry={answer.again} /> : <Skeleton lines={1} /> : state.mode === "off" ? (
        <>
          <p>{t("own.access.off")}</p>
          {state.is_open_to_network && <p class="tone-warn">{t("own.access.open")}</p>}
          <p class="muted">{t("own.access.how")} <code>PLUTO_AUTH=password</code></p>
        </>
      ) : (
        <>
          <p>{t("own.access.on", { role: state.role ?? "" })}</p>
          {state.can_sign_out && <button type="button" class="button" onClick={() => void leave()}>{t("own.access.out")}</button>}
        </>
      )}
      {error !== null && <p class="tone-bad" role="alert">{error}</p>}
    </section>
  );
}
