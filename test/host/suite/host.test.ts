import assert from "node:assert/strict";
import * as vscode from "vscode";

describe("the host", () => {
  it("is a VS Code that says its version", () => {
    assert.match(vscode.version, /^1\.\d+\.\d+/);
  });

  it("opens the folder it was given", () => {
    assert.equal(vscode.workspace.workspaceFolders?.length, 1);
  });
});
