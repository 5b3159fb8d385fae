/** Characters a token of English with LaTeX, before anything is known of a model; on the low side. */
const CHARACTERS_A_TOKEN = 3;
/** How far a text may lie below the average: estimates of prompts must not be too small. */
const CAUTION = 0.83;
/** Tokens that must have been counted before the average is believed. */
const ENOUGH = 200;
/** Tokens after which older counts weigh half. */
const MEMORY = 20_000;
/** No tokenizer of text lies outside of this. */
const PLAUSIBLE = { least: 1, most: 8 };

/** Characters a token, from texts of one kind that a server has counted. */
class Ratio {
  #characters = 0;
  #tokens = 0;

  learn(characters: number, tokens: number): void {
    const ratio = characters / tokens;
    if (!(ratio >= PLAUSIBLE.least && ratio <= PLAUSIBLE.most)) return;
    if (this.#tokens > MEMORY) {
      this.#characters /= 2;
      this.#tokens /= 2;
    }
    this.#characters += characters;
    this.#tokens += tokens;
  }

  get value(): number {
    return this.#tokens < ENOUGH ? CHARACTERS_A_TOKEN : this.#characters / this.#tokens;
  }
}

/** What is known of a model's tokenizer from the texts that its server has counted: statements differ from proofs. */
export class Calibration {
  readonly #prompts = new Ratio();
  readonly #texts = new Ratio();

  /** A prompt of `characters` was `tokens` long by the server's count. */
  learnPrompt(characters: number, tokens: number): void {
    this.#prompts.learn(characters, tokens);
  }

  /** A written text of `characters` was `tokens` long by the server's count. */
  learnText(characters: number, tokens: number): void {
    this.#texts.learn(characters, tokens);
  }

  /** Of what is written. */
  get charactersPerToken(): number {
    return this.#texts.value;
  }

  /** Tokens of a text that is to be sent, rather too many than too few. */
  promptTokens(characters: number): number {
    return Math.ceil(characters / (this.#prompts.value * CAUTION));
  }
}

/** Counts the tokens of one completion: as the server tells, and by an estimate where and while it does not. */
export class TokenCounter {
  readonly #calibration: Calibration;
  /** The last count that the server told, and the characters since. */
  #told = 0;
  #since = 0;
  #reported = 0;
  /** Characters so far. */
  characters = 0;
  /** Whether the server has told any count. */
  exact = false;

  constructor(calibration: Calibration) {
    this.#calibration = calibration;
  }

  /** Tokens so far, after another piece of text; never fewer than before. */
  push(text: string, told: number | undefined): number {
    this.characters += text.length;
    if (told === undefined) this.#since += text.length;
    else {
      this.exact = true;
      this.#told = told;
      this.#since = 0;
    }
    const tokens = this.#told + Math.ceil(this.#since / this.#calibration.charactersPerToken);
    this.#reported = Math.max(this.#reported, tokens);
    return this.#reported;
  }

  get tokens(): number {
    return this.#reported;
  }
}
