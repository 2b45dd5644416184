import type { ChainListener, TracedChain } from './chain-tracker.ts';
import { LatencyHistogram } from './histogram.ts';

/** The stages of a chain's way that are timed. A chain of whose end the driver did not want to hear has no interrupt. */
export const LATENCY_STAGES = [
  'doorbell to taken',
  'taken to served',
  'served to published',
  'published to interrupt',
  'doorbell to interrupt',
] as const;

export type LatencyStage = (typeof LATENCY_STAGES)[number];

/** How long the chains of one queue take for each stage. */
export class Latencies implements ChainListener {
  readonly histograms = new Map<LatencyStage, LatencyHistogram>();

  announced({ doorbell, taken }: TracedChain): void {
    this.#record('doorbell to taken', taken - doorbell);
  }

  served({ taken, served }: TracedChain): void {
    this.#record('taken to served', served - taken);
  }

  published({ served, published }: TracedChain): void {
    this.#record('served to published', published - served);
  }

  ended({ published, doorbell, interrupt }: TracedChain): void {
    this.#record('published to interrupt', interrupt - published);
    this.#record('doorbell to interrupt', interrupt - doorbell);
  }

  /** @param milliseconds NaN where one of the times is not known */
  #record(stage: LatencyStage, milliseconds: number): void {
    if (Number.isNaN(milliseconds)) return;
    let histogram = this.histograms.get(stage);
    if (histogram === undefined) {
      histogram = new LatencyHistogram();
      this.histograms.set(stage, histogram);
    }
    histogram.add(1000 * milliseconds);
  }
}
