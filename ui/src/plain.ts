/** The same store fed by the plain events of namespace `/`, one whole miner each, where the server has no topics. */
import { io } from "socket.io-client";
import type { Api } from "./api/client";
import { changesOf } from "./api/record";
import type { FleetStore } from "./store/fleet";

type Record_ = Parameters<typeof changesOf>[0];

/** Fills *fleet* from the records and keeps it up to date; *heard* is called after each change and on each turn of the link. */
export function followPlainEvents(fleet: FleetStore, api: Api, heard: (isLive: boolean) => void): void {
  const socket = io("/", { path: "/socket/io", transports: ["websocket", "polling"], reconnectionDelayMax: 15_000 });
  const take = (record: Record_) => {
    fleet.merge([changesOf(record, Date.now())]);
    heard(true);
  };
  socket.on("stat_update", take);
  socket.on("error", take);
  socket.on("device_removed", ({ mac }: { mac: string }) => {
    fleet.remove(mac.toLowerCase(), Date.now());
    heard(true);
  });
  socket.on("connect", async () => {
    const records = (await api.devices()) as unknown as readonly Record_[];
    fleet.snapshot(null, records.map((record) => changesOf(record, Date.now())));
    heard(true);
  });
  socket.on("disconnect", () => heard(false));
}
