/** Starts the page: builds the parts that live as long as it does, joins them, draws. */
import { render } from "preact";
import { Api } from "./api/client";
import { Link } from "./link";
import { PageContext } from "./page";
import { Shell } from "./parts/Shell";
import { Jobs } from "./store/jobs";
import { Live } from "./store/live";
import { Notices } from "./store/notices";
import { Role } from "./store/role";
import { screenBeat } from "./store/pulse";
import { restWhileHidden } from "./rest";
import { usePrefs } from "./prefs";
import { watchTheme } from "./theme";
import { chosenLanguage, speak } from "./t";
import "./style/tokens.css";
import "./style/base.css";
import "./style/parts.css";

/** Leads to the sign-in page, and from there back to what is looked at. */
const signIn = () => location.replace(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);

async function start(root: HTMLElement): Promise<void> {
  usePrefs();
  const wish = new URLSearchParams(location.search).get("lang") ?? chosenLanguage();
  await speak(wish ? [wish] : navigator.languages);
  const live = new Live(screenBeat);
  const touch = () => live.pulse.touch();
  const api = new Api(fetch.bind(window), signIn);
  const link = new Link(touch, {
    noTopics: () => void import("./plain").then(({ followPlainEvents }) => followPlainEvents(live.fleet, api, (isLive) => link.heardElsewhere(isLive))),
    unlinked: () => void api.version().catch(() => undefined),
  });
  const page = { live, link, api, jobs: new Jobs(touch), notices: new Notices(touch), role: new Role(touch) };
  const learn = () => void page.role.learn(api).catch(() => undefined); // a server without access control does not know the question
  link.follow("fleet", live.follower(() => link.nowMs()));
  learn();
  link.open();
  restWhileHidden(link);
  setInterval(() => {
    live.fleet.sweep(link.nowMs());
    touch();
  }, 1_000);
  watchTheme();
  render(<PageContext.Provider value={page}><Shell /></PageContext.Provider>, root);
}

const root = document.getElementById("app");
if (root) void start(root);
