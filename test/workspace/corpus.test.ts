import assert from "node:assert/strict";
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { declaredKinds } from "../../server/src/document/declarations.js";
import { DISK_FILES } from "../../server/src/workspace/disk-files.js";
import { macrosIn } from "../../server/src/workspace/project.js";
import { finish, WorkspaceIndex } from "../../server/src/workspace/workspace-index.js";

const CORPUS = fileURLToPath(new URL("../../../shared/corpus", import.meta.url));

describe("the projects of the corpus", () => {
  let index: WorkspaceIndex;
  let folder: string;
  before(function () {
    if (!existsSync(CORPUS)) {
      console.log("      skipped: ../shared/corpus is not here");
      this.skip();
    }
    folder = realpathSync(CORPUS);
    index = new WorkspaceIndex({ files: DISK_FILES, folder });
    finish(index.scan());
  });

  const root = (file: string) => index.context(join(folder, file)).root;
  const names = (file: string) => declaredKinds(index.context(join(folder, file)).declared);
  const macros = (file: string) => {
    const own = index.document(join(folder, file))!.macros;
    return new Set(macrosIn(index.context(join(folder, file)), own).map(({ name }) => name));
  };

  it("give a chapter of Napkin the theorems and macros of its preamble", () => {
    for (const file of ["napkin/tex/linalg/vector-space.tex", "napkin/tex/alg-NT/classgrp.tex"]) {
      assert.equal(root(file), join(folder, "napkin/Napkin.tex"));
      const { theorem, sproblem, ques, exercise } = names(file);
      assert.deepEqual(
        { theorem, sproblem, ques, exercise },
        {
          theorem: "theorem",
          sproblem: "problem",
          ques: "question",
          exercise: "exercise",
        },
      );
      assert.ok(macros(file).has("\\prototype"));
    }
  });

  it("keep the two booklets apart, each with its own problems", () => {
    const one = "hsc/HSC-Inequalities/problems/part2-basic-01.tex";
    const two = "hsc/HSC-Induction/problems/05.tex";
    assert.equal(root(one), join(folder, "hsc/HSC-Inequalities/HSC-Inequalities.tex"));
    assert.equal(root(two), join(folder, "hsc/HSC-Induction/HSC-Induction.tex"));
    assert.equal(names(one).definitionbox, "definition");
    assert.deepEqual(names(two), {});
    assert.ok(macros(one).has("\\HSCBookletHeaderTitle"));
    assert.ok(index.context(join(folder, one)).files.every((path) => path.includes("HSC-Inequalities")));
  });

  it("give a chapter of HoTT what \\defthm declares in its macros", () => {
    const { thm, cor, lem, axiom, defn, rmk, eg, ex } = names("hott/preliminaries.tex");
    assert.deepEqual(
      [thm, cor, lem, axiom, defn, rmk, eg, ex],
      ["theorem", "corollary", "lemma", "axiom", "definition", "remark", "example", "exercise"],
    );
    assert.ok(macros("hott/logic.tex").has("\\brck"));
  });

  it("give a chapter of Stacks its preamble", () => {
    assert.ok(macros("stacks/varieties.tex").has("\\Spec"));
    assert.equal(names("stacks/more-algebra.tex").situation !== undefined, true);
  });
});
