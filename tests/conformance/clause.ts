/** How strongly the specification asks for something. */
export type Level = 'MUST' | 'SHOULD';

/** One sentence of VIRTIO 1.4 about what a device must or should do. */
export interface Clause {
  /** What tests name in their titles: a prefix and three digits. */
  id: string;
  level: Level;
  /** Title of the section of the specification. */
  section: string;
  /** What is asked for, in our own words. */
  text: string;
  /** Why it does not concern us; a clause without it needs a test that names it. */
  notApplicable?: string;
}

/** A clause whose section is said once for several. */
type ClauseInSection = Omit<Clause, 'section'>;

/** The clauses of one section. */
export function section(title: string, clauses: readonly ClauseInSection[]): Clause[] {
  return clauses.map((clause) => ({ ...clause, section: title }));
}

/** A clause that every device has to keep. */
export function must(id: string, text: string): ClauseInSection {
  return { id, level: 'MUST', text };
}

/** A clause that a device keeps unless there is a reason. */
export function should(id: string, text: string): ClauseInSection {
  return { id, level: 'SHOULD', text };
}

/** The same clause, with the reason why it does not concern us. */
export function notApplicable(reason: string, clause: ClauseInSection): ClauseInSection {
  return { ...clause, notApplicable: reason };
}
