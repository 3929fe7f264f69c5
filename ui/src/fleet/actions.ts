/** What can be done to miners: a row each. How it is asked of the server, how dangerous it is. */
import type { Api } from "../api/client";

export type ActionName = "restart" | "identify" | "watch" | "unwatch" | "remove";

export interface Action {
  readonly name: ActionName;
  readonly run: (api: Api, mac: string, options: { readonly withHistory: boolean }) => Promise<unknown>;
  readonly isDangerous: boolean;
  /** More miners than this need the number typed. */
  readonly freeUpTo: number;
}

export const ACTIONS: readonly Action[] = [
  { name: "restart", run: (api, mac) => api.restart(mac), isDangerous: false, freeUpTo: 10 },
  { name: "identify", run: (api, mac) => api.identify(mac), isDangerous: false, freeUpTo: Number.POSITIVE_INFINITY },
  { name: "watch", run: (api, mac) => api.watch(mac), isDangerous: false, freeUpTo: Number.POSITIVE_INFINITY },
  { name: "unwatch", run: (api, mac) => api.unwatch(mac), isDangerous: false, freeUpTo: Number.POSITIVE_INFINITY },
  { name: "remove", run: (api, mac, { withHistory }) => api.remove(mac, withHistory), isDangerous: true, freeUpTo: 1 },
];
