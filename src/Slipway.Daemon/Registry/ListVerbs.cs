using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Slipway.Images;
using Slipway.Images.Repositories;

namespace Slipway.Daemon.Registry;

/// <summary>Lists: the tags of a repository, what refers to a manifest, and Docker's list of repositories.</summary>
internal sealed class ListVerbs(RepositoryStore repositories)
{
    private const string Json = "application/json";

    public async Task TagsAsync(RegistryRequest request)
    {
        List<string> tags = await repositories.ListTagsAsync(request.Repository, request.Aborted)
            ?? throw new RegistryException(404, "NAME_UNKNOWN", $"there is no repository {request.Spelling}");
        List<string> page = request.Page(tags, $"/v2/{request.Spelling}/tags/list");
        await RegistryRequest.JsonAsync(request.Http, StatusCodes.Status200OK, Json, json =>
        {
            json.WriteStartObject();
            json.WriteString("name", request.Spelling);
            Write(json, "tags", page);
            json.WriteEndObject();
        });
    }

    public async Task CatalogAsync(RegistryRequest request)
    {
        List<string> page = request.Page(await repositories.ListAsync(request.Aborted), "/v2/_catalog");
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
        List<ManifestRecord> referrers = await repositories.ListReferrersAsync(request.Repository, request.Digest, request.Aborted);
        if (request.Query("artifactType") is { } wanted)
        {
            referrers.RemoveAll(referrer => referrer.ArtifactType != wanted);
            request.Response.Headers["OCI-Filters-Applied"] = "artifactType";
        }

        await RegistryRequest.JsonAsync(request.Http, StatusCodes.Status200OK, MediaTypes.OciIndex, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.OciIndex);
            json.WriteStartArray("manifests");
            foreach (ManifestRecord referrer in referrers)
            {
                DescriptorJson.Write(json, new(referrer.MediaType, referrer.Manifest, referrer.Size) { ArtifactType = referrer.ArtifactType, Annotations = referrer.Annotations });
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, string field, List<string> items)
    {
        json.WriteStartArray(field);
        items.ForEach(json.WriteStringValue);
        json.WriteEndArray();
    }
}
