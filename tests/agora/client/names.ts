/** Class names that mean nothing and change with every build, as a bundler's hashes do. */
import { hash } from "../random.ts";

/** The class that stands for `name` in this build. */
export function obfuscate(build: number, name: string): string {
  return `x${hash(`${build}:${name}`).toString(36)}`;
}
