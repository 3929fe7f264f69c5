/** Words for names that come from the server; a name that we have no word for stands for itself. */
import { isKey, t } from "../t";

export const wordOr = (key: string, otherwise: string): string => (isKey(key) ? t(key) : otherwise);
