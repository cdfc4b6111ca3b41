using System.Xml;
using System.Xml.Linq;
using Slipway.Content;
using Slipway.Daemon.S3.Signing;

namespace Slipway.Daemon.S3.Payloads;

/// <summary>A request's body where it is S3's XML.</summary>
internal static class XmlBody
{
    private const int LongestBody = 4 << 20;

    /// <param name="ofBody">As <see cref="CheckedBody"/> has it.</param>
    /// <exception cref="S3Exception">It is too long, was changed on its way, or is no XML.</exception>
    public static async Task<XElement> ReadAsync(S3Request request, SignedRequest signed, bool ofBody = true)
    {
        await using CheckedBody body = new(request.Http, signed, ofBody);
        using MemoryStream bytes = new();
        byte[] piece = new byte[16 * 1024];
        for (int read; (read = await body.ReadAsync(piece, request.Aborted)) > 0 && bytes.Length <= LongestBody;)
        {
            bytes.Write(piece.AsSpan(0, read));
        }

        if (bytes.Length > LongestBody || (Digest.TryParseHex(signed.Payload, out Digest said) && said != Digest.Of(bytes.GetBuffer().AsSpan(0, (int)bytes.Length))))
        {
            throw new S3Exception(400, "XAmzContentSHA256Mismatch", "the body is too long, or does not have the digest that x-amz-content-sha256 says");
        }

        bytes.Position = 0;
        try
        {
            using XmlReader reader = XmlReader.Create(bytes, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, Async = true });
            return await XElement.LoadAsync(reader, LoadOptions.PreserveWhitespace, request.Aborted);
        }
        catch (XmlException)
        {
            throw Malformed("the body is not the XML that this call takes");
        }
    }

    /// <summary>The first element of a name, whatever its namespace: clients differ in that.</summary>
    public static string? Find(XElement parent, string name) => parent.Elements().FirstOrDefault(element => element.Name.LocalName == name)?.Value;

    public static S3Exception Malformed(string message) => new(400, "MalformedXML", message);
}
