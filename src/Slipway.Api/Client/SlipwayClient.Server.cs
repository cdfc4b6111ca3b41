namespace Slipway.Api;

public sealed partial class SlipwayClient
{
    public Task<VersionInfo> GetVersionAsync(CancellationToken cancellationToken) => GetAsync(Routes.Version, ApiJson.Default.VersionInfo, cancellationToken);

    public Task<ServerInfo> GetInfoAsync(CancellationToken cancellationToken) => GetAsync(Routes.Info, ApiJson.Default.ServerInfo, cancellationToken);

    public Task ShutdownAsync(CancellationToken cancellationToken) => SendAsync("POST", Routes.Shutdown, cancellationToken);
}
