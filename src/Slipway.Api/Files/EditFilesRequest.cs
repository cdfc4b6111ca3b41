namespace Slipway.Api;

/// <summary>Changes of files that are one commit; done in order. Its result counts what was copied: a folder is one.</summary>
public sealed record EditFilesRequest(IReadOnlyList<FileEdit> Edits);
