// Every line of the ledger looked at, by the server: is each as it was written?
import { batch, signal } from "@preact/signals";
import { announce } from "./actions";
import { get, inWords } from "./api/client";
import type { components } from "./api/schema";
import { counted } from "./words";

export type Report = components["schemas"]["VerifyReport"];

/** What the last look found, and when that was: entries that came since were not looked at. */
export const verified = signal<{ report: Report; at: number } | null>(null);
export const verifying = signal<boolean>(false);
/** Why nobody could look, in words. */
export const verifyingTrouble = signal<string | null>(null);

export async function verify(): Promise<void> {
  if (verifying.peek()) return;
  verifying.value = true;
  putVerifiedAway(); // an old result must not stand while a new one is asked for
  try {
    const report = await get<Report>("log/verify");
    verified.value = { report, at: Date.now() };
    announce(outcome(report));
  } catch (error) {
    verifyingTrouble.value = inWords(error);
  } finally {
    verifying.value = false;
  }
}

export function putVerifiedAway(): void {
  batch(() => {
    verified.value = null;
    verifyingTrouble.value = null;
  });
}

/** The result in one sentence. */
export function outcome({ lines, faults }: Report): string {
  const looked = counted(lines, "line");
  if (faults.length) return `The ledger is not as it was written: ${counted(faults.length, "fault")} in ${looked}.`;
  return lines === 1 ? "The one line is as it was written." : `All ${looked} are as they were written.`;
}

/** Each desk's last line, as `ringfence log verify --expect` takes it. */
export function headsOf({ heads }: Report): readonly string[] {
  return Object.entries(heads).map(([desk, { seq, hash }]) => `${desk}:${seq}:${hash}`);
}
