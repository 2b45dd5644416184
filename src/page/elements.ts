type ElementType<Kind extends Element> = abstract new (...values: never[]) => Kind;

/** The element of index.html with that id; a missing one is a mistake in the page, not a case. */
export function byId<Kind extends Element>(id: string, type: ElementType<Kind>): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html has no ${type.name} #${id}.`);
  return found;
}

/** A new element with a class and children; strings become text, never markup. */
export function create<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.className = className;
  made.append(...children);
  return made;
}

export function createButton(label: string, className: string, onClick: () => void) {
  const button = create('button', className, label);
  button.type = 'button';
  button.addEventListener('click', onClick);
  return button;
}

/** Touches the document only for a new text: what a screen reader is reading stays as it is. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Whether a button can be pressed. It is not `disabled`, which would take the focus from it. */
export function setAvailable(button: HTMLButtonElement, available: boolean): void {
  const disabled = available ? null : 'true';
  if (button.ariaDisabled !== disabled) button.ariaDisabled = disabled;
}

/** @param markup of the page's own files: never anything that comes from elsewhere */
export function fill(element: HTMLElement, markup: string): void {
  element.innerHTML = markup;
}

/** A sentence as nodes: what stands between backquotes becomes code. */
export function withCode(sentence: string): (Node | string)[] {
  return sentence
    .split('`')
    .map((part, index) => (index % 2 === 1 ? create('code', '', part) : part));
}
