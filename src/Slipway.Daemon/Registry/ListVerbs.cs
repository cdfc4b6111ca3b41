using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Slipway.Daemon.Registry.Access;
using Slipway.Daemon.Registry.Proxying;
using Slipway.Images;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Registry;

/// <summary>Lists: the tags of a repository, what refers to a manifest, and Docker's list of repositories.</summary>
/// <param name="upstreams">Null: there are none.</param>
internal sealed class ListVerbs(RepositoryStore repositories, UpstreamLists? upstreams)
{
    private const string Json = "application/json";

    public async Task TagsAsync(RegistryRequest request)
    {
        List<string>? tags = await repositories.ListTagsAsync(request.Repository, request.Aborted);
        tags = upstreams is null ? tags : await upstreams.WithTagsAsync(request.Repository, tags, request.Aborted);
        List<string> page = request.Page(tags ?? throw new RegistryException(404, "NAME_UNKNOWN", $"there is no repository {request.Spelling}"), $"/v2/{request.Spelling}/tags/list");
        await RegistryRequest.JsonAsync(request.Http, StatusCodes.Status200OK, Json, json =>
        {
            json.WriteStartObject();
            json.WriteString("name", request.Spelling);
            Write(json, "tags", page);
            json.WriteEndObject();
        });
    }

    /// <summary>The repositories that the client may pull from.</summary>
    public async Task CatalogAsync(RegistryRequest request)
    {
        IEnumerable<string> names = await repositories.ListAsync(request.Aborted);
        List<string> page = request.Page(names.Where(name => MayPull(request, name)), "/v2/_catalog");
        await RegistryRequest.JsonAsync(request.Http, StatusCodes.Status200OK, Json, json =>
        {
            json.WriteStartObject();
            Write(json, "repositories", page);
            json.WriteEndObject();
        });
    }

    /// <summary>An index of what refers to a manifest; empty where nothing does, whether or not the manifest is there.</summary>
    public async Task ReferrersAsync(RegistryRequest request)
    {
        ImmutableArray<Descriptor> referrers = [.. (await repositories.ListReferrersAsync(request.Repository, request.Digest, request.Aborted)).Select(DescriptorOf)];
        referrers = upstreams is null ? referrers : await upstreams.WithReferrersAsync(request.Repository, request.Digest, referrers, request.Aborted);
        if (request.Query("artifactType") is { } wanted)
        {
            referrers = referrers.RemoveAll(referrer => referrer.ArtifactType != wanted);
            request.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        }

        await RegistryRequest.JsonAsync(request.Http, StatusCodes.Status200OK, MediaTypes.OciIndex, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.OciIndex);
            json.WriteStartArray("manifests");
            foreach (Descriptor referrer in referrers)
            {
                DescriptorJson.Write(json, referrer);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static Descriptor DescriptorOf(ManifestRecord referrer) =>
        new(referrer.MediaType, referrer.Manifest, referrer.Size) { ArtifactType = referrer.ArtifactType, Annotations = referrer.Annotations };

    /// <summary>(An image named after a registry's port is in a repository that no route can name.)</summary>
    private static bool MayPull(RegistryRequest request, string name) =>
        RepositoryName.TryParse(name, out RepositoryName? repository) && request.Caller.RightsIn(repository).HasFlag(RepositoryRights.Pull);

    private static void Write(Utf8JsonWriter json, string field, List<string> items)
    {
        json.WriteStartArray(field);
        items.ForEach(json.WriteStringValue);
        json.WriteEndArray();
    }
}
