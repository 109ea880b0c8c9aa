import camelCase from "camelcase";

const words: Record<string, string> = { en: "Hello", de: "Hallo", fr: "Bonjour" };

/** A greeting in one of the known languages, English if it is not known. */
export function greet(name: string, language = "en"): string {
  return `${words[language] ?? words.en}, ${camelCase(name, { pascalCase: true })}!`;
}
