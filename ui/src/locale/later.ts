/** The words of pages that are seldom the first one: a page that needs them imports this before its parts. */
import { addWords } from "../t";
import later from "./en.later.json";

addWords(later);
