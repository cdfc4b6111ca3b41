using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Slipway.Content;
using Slipway.Images.Repositories;

namespace Slipway.Images.Client;

/// <summary>
/// The list of what refers to a manifest where a registry does not keep it itself: an index under a tag that is made of the digest (OCI distribution specification 1.1,
/// "Referrers tag schema"). Two clients who add to it at once may lose one of the two, as the specification says.
/// </summary>
internal static class ReferrersTag
{
    public static string Of(Digest subject) => $"sha256-{subject.Hex}";

    /// <summary>The referrers that a registry knows of: by its own list, else by the tag. Empty where it knows of none.</summary>
    public static async Task<IReadOnlyList<Descriptor>> ListAsync(RegistryConnection registry, Digest subject, CancellationToken cancellationToken)
    {
        return await ReadAsync(registry, $"referrers/{subject}", subject, cancellationToken) ?? await ReadAsync(registry, $"manifests/{Of(subject)}", subject, cancellationToken) ?? [];
    }

    /// <summary>Adds a manifest to the list under the tag, of a registry that keeps none itself; does nothing where it is in it.</summary>
    public static async Task AddAsync(RegistryConnection registry, Digest subject, ManifestRecord referrer, CancellationToken cancellationToken)
    {
        IReadOnlyList<Descriptor> before = await ReadAsync(registry, $"manifests/{Of(subject)}", subject, cancellationToken) ?? [];
        if (before.Any(known => known.Digest == referrer.Manifest))
        {
            return;
        }

        Descriptor added = new(referrer.MediaType, referrer.Manifest, referrer.Size) { ArtifactType = referrer.ArtifactType, Annotations = referrer.Annotations };
        byte[] index = IndexOf([.. before, added]);
        using HttpResponseMessage answer = await registry.SendAsync(
            () =>
            {
                ByteArrayContent content = new(index);
                content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypes.OciIndex);
                return new(HttpMethod.Put, registry.At($"manifests/{Of(subject)}")) { Content = content };
            },
            cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw await registry.FailureAsync(answer, $"the list of what refers to {subject.Short}", cancellationToken);
        }
    }

    /// <returns>Null where there is no such list.</returns>
    private static async Task<IReadOnlyList<Descriptor>?> ReadAsync(RegistryConnection registry, string path, Digest subject, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await registry.SendAsync(
            () =>
            {
                HttpRequestMessage request = new(HttpMethod.Get, registry.At(path));
                request.Headers.Accept.Add(new(MediaTypes.OciIndex));
                return request;
            },
            cancellationToken);
        if (answer.IsSuccessStatusCode)
        {
            return ManifestContent.Parse(await registry.ReadAsync(answer, $"the list of what refers to {subject.Short} in {registry.Repository}", cancellationToken), MediaTypes.OciIndex).Children;
        }

        return answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed
            ? null
            : throw await registry.FailureAsync(answer, $"the question what refers to {subject.Short}", cancellationToken);
    }

    private static byte[] IndexOf(IEnumerable<Descriptor> manifests)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter json = new(buffer, CanonicalJson.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.OciIndex);
            json.WriteStartArray("manifests");
            foreach (Descriptor manifest in manifests)
            {
                DescriptorJson.Write(json, manifest);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
