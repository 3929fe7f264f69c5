/** What the colours and digits of the map mean. */
import { t } from "../t";
import { type ColoredBy, stepBounds, STEPS } from "./mapColors";

export function MapLegend({ by }: { by: ColoredBy }) {
  if (by === "state") return null;
  const steps = Array.from({ length: STEPS }, (_, place) => place + 1);
  return (
    <ol class="map-legend" aria-label={t("map.legend")}>
      {steps.map((step) => {
        const { from, to } = stepBounds(by, step);
        return <li key={step}><span class={`heat heat-${step}`} aria-hidden="true">{step}</span>{from === null ? `< ${to}` : to === null ? `\u2265 ${from}` : `${from}\u2013${to}`}</li>;
      })}
    </ol>
  );
}
