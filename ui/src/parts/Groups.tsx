/** How many miners share something (a pool, a firmware): a bar each, a link to exactly those. */
import * as format from "../format";
import { address } from "../router";
import type { Group } from "../store/totals";
import { withTerm } from "../filter";
import { type Key, t } from "../t";

interface GroupsProps {
  readonly title: string;
  readonly groups: readonly Group[];
  readonly filterBy: string;
  readonly figures: readonly (readonly [Key, (group: Group) => string])[];
}

const SHOWN = 8;

export function Groups({ title, groups, filterBy, figures }: GroupsProps) {
  const most = Math.max(1, ...groups.map((group) => group.miners));
  return (
    <section class="card">
      <h2>{title}</h2>
      <div class="scroll-x" tabIndex={0} role="group" aria-label={title}>
        <table class="plain">
          <thead><tr><th scope="col"><span class="unseen">{title}</span></th><th scope="col" class="end">{t("totals.miners")}</th>{figures.map(([label]) => <th key={label} scope="col" class="end">{t(label)}</th>)}<th aria-hidden="true" /></tr></thead>
          <tbody>
            {groups.slice(0, SHOWN).map((group) => (
              <tr key={group.name}>
                <th scope="row"><a class="clip" href={address("/miners", { q: withTerm("", filterBy, group.name) })}>{group.name}</a></th>
                <td class="end">{format.count(group.miners)}</td>
                {figures.map(([label, show]) => <td key={label} class="end number">{show(group)}</td>)}
                <td class="bar-cell" aria-hidden="true"><span class="bar" style={{ inlineSize: `${(group.miners / most) * 100}%` }} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {groups.length > SHOWN && <p class="muted">{t("groups.more", { n: groups.length - SHOWN })}</p>}
    </section>
  );
}
