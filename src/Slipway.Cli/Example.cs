namespace Slipway.Cli;

/// <param name="Line">As typed after the prompt.</param>
/// <param name="Meaning">What it does, without a full stop.</param>
internal sealed record Example(string Line, string Meaning);
