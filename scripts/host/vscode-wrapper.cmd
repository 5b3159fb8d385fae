@node "%~dp0vscode-wrapper.mjs" %*
