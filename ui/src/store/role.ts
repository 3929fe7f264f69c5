/** What who looks may do here: as long as nobody says otherwise, everything; the server decides in any case. */
import type { Api } from "../api/client";

export class Role {
  /** He may look and change nothing. */
  isViewer = false;

  constructor(private readonly changed: () => void) {}

  /** Asks the server. */
  async learn(api: Api): Promise<void> {
    const { role } = await api.json<{ readonly role?: string }>("/api/v1/access");
    if (this.isViewer === (role === "viewer")) return;
    this.isViewer = role === "viewer";
    this.changed();
  }
}
