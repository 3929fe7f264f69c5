/** Which paths may be asked, by method: made of the server's own interface, so that a path which is no route is a type error. */
import type { paths } from "./types.gen";

export type Method = "get" | "post" | "put" | "patch" | "delete";

type With<Verb extends Method> = { [Path in keyof paths]: paths[Path] extends Record<Verb, object> ? Path : never }[keyof paths];
type Filled<Path extends string> = Path extends `${infer Head}{${string}}${infer Tail}` ? `${Head}${string}${Filled<Tail>}` : Path;
type Plain<Verb extends Method> = Filled<With<Verb>>;

/** A path of that method, its parameters filled in, with or without a query. */
export type Asked<Verb extends Method> = Plain<Verb> | `${Plain<Verb>}?${string}`;

/** Method and path of a request that changes something, and its body. */
export type Request = { [Verb in Method]: readonly [Uppercase<Verb>, Asked<Verb>, unknown?] }[Method];
