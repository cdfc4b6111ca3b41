namespace Slipway.Data.Commits;

/// <summary>Undoes a finishing transaction whose branch or journal moved while the tree was built. Never leaves this room.</summary>
internal sealed class StaleHeadException : Exception;
