using System.Globalization;
using System.Text;
using System.Xml;
using Microsoft.AspNetCore.Http;

namespace Slipway.Daemon.S3;

/// <summary>How this door answers: S3's XML.</summary>
internal static class S3Xml
{
    private const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
    private static readonly XmlWriterSettings Settings = new() { Encoding = new UTF8Encoding(false), CheckCharacters = false };

    public static async Task WriteAsync(HttpContext http, string root, Action<XmlWriter> body, bool plain = false)
    {
        using MemoryStream buffer = new();
        using (XmlWriter xml = XmlWriter.Create(buffer, Settings))
        {
            xml.WriteStartElement(root, plain ? "" : Namespace);
            body(xml);
            xml.WriteEndElement();
        }

        http.Response.ContentType = "application/xml";
        http.Response.ContentLength = buffer.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), CancellationToken.None);
        }
    }

    public static Task ErrorAsync(HttpContext http, S3Exception error)
    {
        http.Response.StatusCode = error.Status;
        return WriteAsync(
            http,
            "Error",
            xml =>
            {
                xml.WriteElementString("Code", error.Code);
                xml.WriteElementString("Message", Printable(error.Message));
                xml.WriteElementString("Resource", Printable(http.Request.Path));
                xml.WriteElementString("RequestId", http.Response.Headers["x-amz-request-id"].ToString());
            },
            plain: true);
    }

    /// <summary>XML has no control characters, and an error must be read in any case.</summary>
    private static string Printable(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\uFFFE' or '\uFFFF' ? '\uFFFD' : c));

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
