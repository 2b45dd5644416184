import { parseAst } from 'vite';

/** A node of a syntax tree, as far as it is looked at. */
interface Node {
  type: string;
  start: number;
  end: number;
}

/**
 * Leaves every trace point out of a build: `this.trace?.doorbell(queue, index)` and its like, which the sources write as
 * statements of their own. What they cost while no trace is open is what is measured against it.
 * @returns a plugin for Vite, and how many trace points it has left out so far
 */
export function withoutTracePoints() {
  const counted = { points: 0 };
  const plugin = {
    name: 'without-trace-points',
    enforce: 'post' as const,
    transform(code: string) {
      if (!code.includes('trace?.')) return null;
      const points = tracePoints(parseAst(code));
      counted.points += points.length;
      let left = code;
      for (const { start, end } of points.reverse()) {
        left = `${left.slice(0, start)}void 0${left.slice(end)}`;
      }
      return { code: left, map: null };
    },
  };
  return { plugin, counted };
}

/** The calls of members of something optional that is called `trace`, in order. */
function tracePoints(tree: unknown): Node[] {
  const found: Node[] = [];
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (isTracePoint(value)) found.push(value);
    else for (const child of Object.values(value)) visit(child);
  };
  visit(tree);
  return found.sort((one, other) => one.start - other.start);
}

function isTracePoint(value: object): value is Node {
  const { type, expression } = value as Partial<Node> & { expression?: { callee?: Member } };
  if (type !== 'ChainExpression') return false;
  const member = expression?.callee;
  return member?.optional === true && member.object?.property?.name === 'trace';
}

interface Member {
  optional?: boolean;
  object?: { property?: { name?: string } };
}
