namespace Slipway.Api;

/// <summary>Carries out a warm command within the server.</summary>
/// <param name="call">What its client asked for; it was found to be ours.</param>
/// <param name="server">The server itself, by its own socket.</param>
/// <param name="output">The client's stdout; only written, also from several threads.</param>
/// <param name="error">Its stderr.</param>
/// <param name="cancellationToken">The client has gone.</param>
/// <returns>The exit code; null: it is nothing that can be done here, and nothing was done.</returns>
public delegate Task<int?> CommandRunner(CommandCall call, IServerConnector server, Stream output, Stream error, CancellationToken cancellationToken);
