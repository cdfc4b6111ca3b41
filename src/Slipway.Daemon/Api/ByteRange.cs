using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Slipway.Daemon.Api;

/// <summary>One range of bytes, as <c>Range: bytes=</c> asks for it (RFC 9110, section 14).</summary>
internal static class ByteRange
{
    /// <summary>
    /// What of a content is to be sent; sets the status and <c>Content-Range</c> where it is a part. A header that is not understood, or that names several ranges,
    /// asks for all. Null: the range lies outside.
    /// </summary>
    public static (long Start, long Length)? Find(HttpContext http, long size)
    {
        if (!RangeHeaderValue.TryParse(http.Request.Headers.Range.ToString(), out RangeHeaderValue? range) || range.Unit != "bytes" || range.Ranges.Count != 1)
        {
            return (0, size);
        }

        RangeItemHeaderValue item = range.Ranges.First();
        long start = item.From ?? Math.Max(0, size - item.To!.Value);
        long end = item.From is null ? size - 1 : Math.Min(item.To ?? size - 1, size - 1);
        if (start >= size || end < start)
        {
            return null;
        }

        http.Response.StatusCode = StatusCodes.Status206PartialContent;
        http.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{end}/{size}");
        return (start, end - start + 1);
    }
}
