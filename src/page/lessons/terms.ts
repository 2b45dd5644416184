import { create } from '../elements.ts';
import { GLOSSARY, sectionTitle, type TermName } from '../inspector/glossary.ts';

/** What is told beside a step, for who wants it. */
export function createMore(summary: string, ...content: Node[]): HTMLDetailsElement {
  const details = create('details', 'lesson-more', create('summary', '', summary), ...content);
  return details;
}

/** Terms in the specification’s words, with the sections that define them. */
export function createTerms(names: readonly TermName[]): HTMLElement {
  const list = create('dl', 'lesson-terms');
  for (const name of names) {
    const { name: word, meaning, clause } = GLOSSARY[name];
    const description = create('dd', '', create('p', '', meaning));
    if (clause !== null) {
      const section = `VIRTIO 1.4, ${clause.section} ${sectionTitle(clause.section)}`.trim();
      description.append(
        create(
          'p',
          'lesson-clause',
          create('cite', '', section),
          ' ',
          create('q', '', clause.text),
        ),
      );
    } else
      description.append(create('p', 'lesson-clause', create('cite', '', 'Ringbox’s own word')));
    list.append(create('div', '', create('dt', '', word), description));
  }
  return list;
}
