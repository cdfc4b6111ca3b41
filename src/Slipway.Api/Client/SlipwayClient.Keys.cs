namespace Slipway.Api;

public sealed partial class SlipwayClient
{
    public Task<IReadOnlyList<AccessKeyInfo>> ListAccessKeysAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.Keys, ApiJson.Default.IReadOnlyListAccessKeyInfo, cancellationToken);

    public Task<AccessKeyInfo> CreateAccessKeyAsync(CreateAccessKeyRequest request, CancellationToken cancellationToken) =>
        PostAsync(Routes.Keys, request, ApiJson.Default.CreateAccessKeyRequest, ApiJson.Default.AccessKeyInfo, cancellationToken);

    public Task<AccessKeyInfo> DeleteAccessKeyAsync(string id, CancellationToken cancellationToken) =>
        SendAsync("DELETE", Routes.WithQuery(Routes.Keys, ("id", id)), ApiJson.Default.AccessKeyInfo, cancellationToken);
}
