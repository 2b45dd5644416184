import type { OrderQueue } from './order-queue.ts';

/**
 * Keeps the guest's idea of the console's size the same as this terminal's. Without one, the
 * guest goes by its own. @returns a function that ends it
 */
export function followWindowSize(orders: OrderQueue): () => void {
  const { stdout, stdin } = process;
  if (!stdout.isTTY || !stdin.isTTY) return () => undefined;
  const tell = () => orders.give({ kind: 'resize', columns: stdout.columns, rows: stdout.rows });
  tell();
  stdout.on('resize', tell);
  return () => stdout.off('resize', tell);
}
