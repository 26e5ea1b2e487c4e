/** A spec with more than entity types: an automaton of crates, and a contract with values of every kind. */

export const behaviour = `
[automaton]
name = "Crate"
states = ["Open", "Closed"]
initial = "Open"
allow_indefinite_states = ["Open", "Closed"]

[[action]]
name = "Shut"
kind = "input"
from = "Open"
to = "Closed"

[[key]]
name = "ByLabel"
properties = ["Port", "Label"]
`;

export const contract = `<edmx:Edmx xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx" Version="4.01">
  <edmx:Reference Uri="https://example.org/Core.xml"><edmx:Include Namespace="Org.OData.Core.V1" Alias="Core"/></edmx:Reference>
  <edmx:DataServices>
    <Schema xmlns="http://docs.oasis-open.org/odata/ns/edm" Namespace="Cargo" Alias="C">
      <TypeDefinition Name="PortCode" UnderlyingType="Edm.String" MaxLength="3"/>
      <Term Name="Colour" Type="Edm.String"/>
      <ComplexType Name="Extent"><Property Name="Width" Type="Edm.Int32"/></ComplexType>
      <EnumType Name="Mark" IsFlags="true"><Member Name="None" Value="0"/><Member Name="Dry" Value="1"/><Member Name="Up" Value="2"/><Member Name="Frail" Value="4"/><Member Name="Glass" Value="6"/></EnumType>
      <ComplexType Name="Size"><Property Name="Height" Type="Edm.Int32" Nullable="false"/></ComplexType>
      <ComplexType Name="Spot"><Property Name="Row" Type="Edm.Int32" Nullable="false"/><Property Name="Marks" Type="Collection(Edm.String)" Nullable="false"/></ComplexType>
      <ComplexType Name="Place" BaseType="C.Extent">
        <Property Name="City" Type="Edm.String" Nullable="false"/>
        <Property Name="Street" Type="Edm.String"/>
        <Property Name="Spot" Type="C.Spot"/>
      </ComplexType>
      <EntityType Name="Thing" Abstract="true">
        <Key><PropertyRef Name="Id"/></Key>
        <Property Name="Id" Type="Edm.String" Nullable="false"/>
        <Property Name="Port" Type="C.PortCode" DefaultValue="HAM"/>
      </EntityType>
      <EntityType Name="Crate" BaseType="C.Thing">
        <Property Name="Label" Type="Edm.String">
          <Annotation Term="Core.Description" String="on the side"><Annotation Term="Core.IsLanguageDependent"/></Annotation>
        </Property>
        <Annotation Term="C.Colour"><If><Eq><Path>Port</Path><String>HAM</String></Eq><String>red</String><Null/></If></Annotation>
      </EntityType>
      <EntityType Name="Note"><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int32" Nullable="false"/>
        <Property Name="Takes" Type="Edm.Duration" Nullable="false" DefaultValue="P1DT0.5S"/>
        <Property Name="Starts" Type="Edm.TimeOfDay" DefaultValue="07:30"/>
        <Property Name="Seal" Type="Edm.Binary" MaxLength="4" DefaultValue="AQID"/>
        <Property Name="Size" Type="C.Size" Nullable="false"/>
        <Property Name="Home" Type="C.Place"/>
        <Property Name="Marks" Type="C.Mark"/>
        <Property Name="Guards" Type="Collection(Edm.Guid)"/>
        <Property Name="Days" Type="Collection(Edm.Date)"/>
      </EntityType>
      <Action Name="Shut" IsBound="true"><Parameter Name="it" Type="C.Crate"/></Action>
      <Function Name="Reach" IsBound="true"><Parameter Name="it" Type="C.Crate"/><Parameter Name="Days" Type="Edm.Int32" Nullable="false"/><ReturnType Type="Edm.String"/></Function>
      <Action Name="Recount"><Parameter Name="Ports" Type="Collection(Edm.String)" Nullable="false"/><Parameter Name="Days" Type="Edm.Int32"/><ReturnType Type="Edm.Int32"/></Action>
      <Action Name="Sweep"/>
      <Function Name="Count"><ReturnType Type="Edm.Int32"/></Function>
      <EntityContainer Name="Hold">
        <EntitySet Name="Crates" EntityType="C.Crate"/>
        <EntitySet Name="Notes" EntityType="C.Note" IncludeInServiceDocument="false"/>
        <ActionImport Name="Recount" Action="C.Recount"/>
        <ActionImport Name="Sweep" Action="C.Sweep"/>
        <FunctionImport Name="Count" Function="C.Count" IncludeInServiceDocument="true"/>
        <FunctionImport Name="CountToo" Function="C.Count"/>
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>`;
