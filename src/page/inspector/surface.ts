/** A canvas as large as its element, as sharp as the screen. */
export class Surface {
  readonly element: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  /** In CSS pixels. */
  width = 0;
  height = 0;

  /** @param onResize its size has changed, and it is empty */
  constructor(element: HTMLCanvasElement, onResize: () => void) {
    this.element = element;
    const context = element.getContext('2d');
    if (context === null) throw new Error('This browser gives the page no canvas.');
    this.context = context;
    new ResizeObserver(() => {
      this.#resize();
      onResize();
    }).observe(element);
  }

  /** Makes it empty. */
  clear(): void {
    this.context.clearRect(0, 0, this.width, this.height);
  }

  /** Where a pointer is, in its pixels. */
  locate(event: MouseEvent): { x: number; y: number } {
    const { left, top } = this.element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.element;
    const scale = devicePixelRatio;
    this.width = clientWidth;
    this.height = clientHeight;
    this.element.width = Math.round(clientWidth * scale);
    this.element.height = Math.round(clientHeight * scale);
    this.context.setTransform(scale, 0, 0, scale, 0, 0);
  }
}
