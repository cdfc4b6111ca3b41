using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Content;
using Slipway.Daemon.Registry.Access;
using Slipway.Daemon.S3.Keys;

namespace Slipway.Daemon.Api;

/// <summary>Access keys: make, list, delete. A secret leaves the server once.</summary>
internal sealed class KeysDoor(AccessKeyStore keys)
{
    public void Map(WebApplication app)
    {
        app.MapGet(Routes.Keys, ListAsync);
        app.MapPost(Routes.Keys, CreateAsync);
        app.MapDelete(Routes.Keys, DeleteAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        IReadOnlyList<AccessKeyInfo> list = [.. (await keys.ListAsync(http.RequestAborted)).Select(InfoOf)];
        await Answer.JsonAsync(http, list, ApiJson.Default.IReadOnlyListAccessKeyInfo);
    }

    private async Task CreateAsync(HttpContext http)
    {
        CreateAccessKeyRequest request = await Ask.BodyAsync(http, ApiJson.Default.CreateAccessKeyRequest);
        if (request is { ReadOnly: true, Repositories.Count: > 0 })
        {
            throw new SlipwayException(
                ErrorKind.InvalidArgument, "a key for repositories of the registry cannot be read-only besides", "Say that it pulls: --repository 'PATTERN=pull'.");
        }

        ImmutableArray<RepositoryGrant>? repositories = request.Repositories is { Count: > 0 } texts ? [.. texts.Select(RepositoryGrant.Parse)] : null;
        AccessKey key = await keys.CreateAsync(request.Name ?? "", request.ReadOnly, repositories, http.RequestAborted);
        await Answer.JsonAsync(http, InfoOf(key) with { Secret = key.Secret }, ApiJson.Default.AccessKeyInfo);
    }

    private async Task DeleteAsync(HttpContext http) =>
        await Answer.JsonAsync(http, InfoOf(await keys.DeleteAsync(Ask.Query(http, "id"), http.RequestAborted)), ApiJson.Default.AccessKeyInfo);

    private static AccessKeyInfo InfoOf(AccessKey key) => new(
        key.Id, key.Name, key.ReadOnly, key.Created, Repositories: key.Repositories is { } grants ? [.. grants.Select(grant => grant.ToString())] : null);
}
