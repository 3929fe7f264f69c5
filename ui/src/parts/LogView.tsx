/** The live log of one or several miners, for any page. */
export { LogView } from "../logs/LogView";
