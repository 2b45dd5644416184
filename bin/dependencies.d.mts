export function dependenciesMatch(wanted: string, installed: string): boolean;
export function ensureDependencies(project: string): void;
