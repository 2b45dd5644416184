import { readFileSync } from 'node:fs';
import { API, type Checker, type Type } from 'typescript/unstable/sync';

/** Arrays of numbers, and whose memory they have: there is nothing of ours in them. */
const NUMBERS = /^(Ui|I)nt\d+Array|^Float\d+Array/;

/**
 * Interfaces as text, whole, without the names that types have: what values of them look like.
 * @param project a tsconfig.json that has all files @param interfaces name and file of each, as absolute paths
 */
export function shapesOf(project: string, interfaces: readonly [string, string][]): string {
  const api = new API();
  try {
    const opened = api.updateSnapshot({ openProjects: [project] }).getProject(project);
    if (opened === undefined) throw new Error(`${project} cannot be opened`);
    const { checker } = opened;
    const shapes = interfaces.map(([name, file]) => {
      const position = readFileSync(file, 'utf8').indexOf(`interface ${name} `);
      const symbol = checker.getSymbolAtPosition(file, position + 'interface '.length);
      if (symbol === undefined) throw new Error(`there is no ${name} in ${file}`);
      return `${name} ${shapeOf(checker, checker.getDeclaredTypeOfSymbol(symbol), '')}\n`;
    });
    return shapes.join('\n');
  } finally {
    api.close();
  }
}

function shapeOf(checker: Checker, type: Type, indent: string): string {
  const name = checker.typeToString(type);
  if (name === 'boolean' || NUMBERS.test(name)) return name;
  if (type.isUnionType()) {
    const kinds = type.getTypes().map((part) => shapeOf(checker, part, indent));
    return [...new Set(kinds)].sort().join(' | ');
  }
  if (!type.isObjectType()) return name;
  if (type.isTypeReference() && (checker.isArrayType(type) || checker.isTupleType(type))) {
    const elements = checker.getTypeArguments(type).map((part) => shapeOf(checker, part, indent));
    return checker.isTupleType(type) ? `[${elements.join(', ')}]` : `list of ${elements}`;
  }
  const inner = `${indent}  `;
  const parts = checker.getPropertiesOfType(type).map((property) => {
    const part = checker.getTypeOfSymbol(property);
    return `${inner}${property.name}: ${part && shapeOf(checker, part, inner)}\n`;
  });
  return `{\n${parts.sort().join('')}${indent}}`;
}
