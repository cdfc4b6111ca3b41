using System.Globalization;
using System.Xml;

namespace Slipway.Cli.Data.Sources;

/// <summary>One page of a bucket's listing, version 2.</summary>
/// <param name="Next">Asks for the next page; null: this was the last.</param>
internal sealed record S3Listing(IReadOnlyList<(string Key, long Size)> Objects, string? Next)
{
    /// <exception cref="XmlException">Not XML.</exception>
    /// <exception cref="FormatException">XML of something else.</exception>
    public static S3Listing Parse(Stream xml)
    {
        List<(string, long)> objects = [];
        (string? key, long? size, string? next, bool more) = (null, null, null, false);
        using XmlReader reader = XmlReader.Create(xml, new XmlReaderSettings { CheckCharacters = false, DtdProcessing = DtdProcessing.Prohibit });
        reader.MoveToContent();
        if (reader.LocalName != "ListBucketResult")
        {
            throw new FormatException("it is no ListBucketResult");
        }

        while (!reader.EOF)
        {
            // Reading an element's text moves on to what follows it.
            switch (reader.NodeType, reader.LocalName)
            {
                case (XmlNodeType.Element, "Key"):
                    key = reader.ReadElementContentAsString();
                    break;
                case (XmlNodeType.Element, "Size"):
                    size = long.Parse(reader.ReadElementContentAsString(), NumberStyles.None, CultureInfo.InvariantCulture);
                    break;
                case (XmlNodeType.Element, "IsTruncated"):
                    more = reader.ReadElementContentAsString() == "true";
                    break;
                case (XmlNodeType.Element, "NextContinuationToken"):
                    next = reader.ReadElementContentAsString();
                    break;
                case (XmlNodeType.EndElement, "Contents"):
                    objects.Add((key ?? throw new FormatException("an object has no key"), size ?? throw new FormatException($"'{key}' has no size")));
                    (key, size) = (null, null);
                    reader.Read();
                    break;
                default:
                    reader.Read();
                    break;
            }
        }

        return new S3Listing(objects, more ? next ?? throw new FormatException("it is truncated and does not say how to go on") : null);
    }
}
