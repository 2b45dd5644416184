import { create } from '../elements.ts';
import { CardForm } from './card-form.ts';

/** Formats that a disk can be exported in. */
export type ExportFormat = 'raw' | 'gzip';

const LABELS: Readonly<Record<ExportFormat, string>> = {
  raw: 'Raw image',
  gzip: 'Raw image in gzip, which is smaller',
};

/** Asks for the format of an export. */
export class ExportForm extends CardForm {
  readonly #boxes: HTMLInputElement[] = [];
  readonly #export: (format: ExportFormat) => Promise<void>;

  /** @param subject the disk, which the group of choices is named after */
  constructor(subject: string, exportDisk: (format: ExportFormat) => Promise<void>) {
    super('Export');
    this.#export = exportDisk;
    const legend = create('legend', 'visually-hidden', `Export ${subject} as`);
    const choices = Object.entries(LABELS).map(([format, label]) => this.#choice(format, label));
    this.addFields(create('fieldset', 'card-form-choices', legend, ...choices));
  }

  protected prepare(): void {
    if (!this.#boxes.some(({ checked }) => checked)) this.#boxes[0]!.checked = true;
  }

  protected problem(): undefined {
    return undefined;
  }

  protected submit(): Promise<void> {
    const chosen = this.#boxes.find(({ checked }) => checked);
    return this.#export((chosen?.value ?? 'raw') as ExportFormat);
  }

  #choice(format: string, label: string): HTMLElement {
    const box = create('input', 'check-box');
    box.type = 'radio';
    box.name = 'format';
    box.value = format;
    this.#boxes.push(box);
    return create('label', 'check', box, label);
  }
}
