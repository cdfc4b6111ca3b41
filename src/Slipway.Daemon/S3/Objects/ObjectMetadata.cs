using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Slipway.Content;

namespace Slipway.Daemon.S3.Objects;

/// <summary>What a client says of an object besides its bytes: the headers that a read gives back.</summary>
/// <param name="Headers">By name, in lower case: what HTTP knows of a body, and <c>x-amz-meta-*</c>.</param>
/// <param name="Content">The bytes that it was said of; null before they are known.</param>
internal sealed record ObjectMetadata(ImmutableSortedDictionary<string, string> Headers, Digest? Content = null)
{
    /// <summary>S3's limit for names and values of one object's own headers, in bytes.</summary>
    private const int MostBytes = 2048;
    private const string Own = "x-amz-meta-";
    private const string DefaultType = "application/octet-stream";

    private static readonly string[] Kept = ["cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires"];

    /// <summary>What a request says; null where that is nothing.</summary>
    /// <exception cref="S3Exception">It says too much.</exception>
    public static ObjectMetadata? Of(IHeaderDictionary headers)
    {
        ImmutableSortedDictionary<string, string>.Builder said = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        int bytes = 0;
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in headers)
        {
            string key = name.ToLowerInvariant();
            string value = key == "content-encoding" ? WithoutChunks(values.ToString()) : values.ToString();
            if (key.StartsWith(Own, StringComparison.Ordinal))
            {
                bytes += Encoding.UTF8.GetByteCount(key) - Own.Length + Encoding.UTF8.GetByteCount(value);
            }
            else if (!Kept.Contains(key) || value.Length is 0 or > MostBytes || (key == "content-type" && value is DefaultType or "binary/octet-stream"))
            {
                continue;
            }

            said[key] = value;
        }

        return bytes > MostBytes ? throw new S3Exception(400, "MetadataTooLarge", $"the headers x-amz-meta-* have {bytes} bytes in all; {MostBytes} are the limit")
            : said.Count == 0 ? null : new ObjectMetadata(said.ToImmutable());
    }

    /// <summary>Says it in an answer.</summary>
    public static void Write(ObjectMetadata? metadata, IHeaderDictionary headers)
    {
        headers.ContentType = DefaultType;
        foreach ((string name, string value) in metadata?.Headers ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            headers[name] = value;
        }
    }

    /// <summary>How a body is sent is not what it is.</summary>
    private static string WithoutChunks(string encodings) =>
        string.Join(',', encodings.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(encoding => encoding != "aws-chunked"));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ObjectMetadata))]
internal sealed partial class ObjectMetadataJson : JsonSerializerContext;
